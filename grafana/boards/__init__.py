"""One module a dashboard: which questions it answers, in which order, by which queries."""
