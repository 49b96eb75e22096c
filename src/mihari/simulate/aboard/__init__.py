"""What simulated vehicles carry: autopilots that speak MAVLink or IMC, cameras that tell detections, hydrophones."""
