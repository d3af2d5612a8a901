"""The engine: what a catalogue yields under a scenario, and why."""
