"""The device's own store: orders, outbox, photo files, drafts. The only importer of the database driver."""
