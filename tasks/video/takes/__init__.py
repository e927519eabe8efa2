"""From the table of shots to takes: what each is made of, and its film."""
