"""What the public may see, and how it is written: words, photos, links, templates. Backend layer."""
