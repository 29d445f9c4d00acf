"""The screens of the terminal, one file each. They read and act through field work alone."""
