"""Sensor physics: who can see and hear what, how well and how often. Pure functions over arrays; nothing is stored."""
