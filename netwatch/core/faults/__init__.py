"""What is broken, and only that: symptoms, suspects, culprits and their life."""
