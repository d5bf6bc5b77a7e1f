"""Equations judged on intervals of whole 分."""
