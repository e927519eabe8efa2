"""The forward chain: its process, schedules, couplings and the law that it ends in."""
