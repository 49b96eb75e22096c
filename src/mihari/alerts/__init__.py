"""Behaviours -> alerts that people acknowledge, assign, set aside and hand over, kept in SQL with an audit."""
