"""What an operator runs before and after going live: drills, benchmarks, reports."""
