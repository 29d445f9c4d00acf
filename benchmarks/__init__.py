"""What "fast" means for Crew, measured: each row beside its plain baseline, in the same run on the same machine."""
