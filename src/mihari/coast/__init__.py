"""coast"""
