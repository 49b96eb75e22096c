"""Sensors, demand, fleet -> who looks where and when, for a day and a night: plans, their checks and their bounds."""
