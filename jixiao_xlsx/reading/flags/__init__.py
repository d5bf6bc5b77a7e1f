"""What the bytes of each format say about cells beyond their values."""
