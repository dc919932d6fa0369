"""The proof of the diagnosis: cities and failures made here, judged by brute force, sharing no code with netwatch."""
