"""What arrives: files, archives, mails, and the bureau's own lists."""
