"""What vehicles and cameras are asked to do: proposed by anybody, accepted by their operator, then carried out."""
