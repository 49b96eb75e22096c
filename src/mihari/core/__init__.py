"""Types that flow, units, geodesy, errors and configuration; imports nothing else of ours."""
