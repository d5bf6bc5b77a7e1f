"""A finished season for the files: frozen with originals and digests, and verified years later."""
