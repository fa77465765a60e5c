"""Planning a delivery: freeze who is in the audience, judge them chunk by chunk, cut the rest into batches."""
