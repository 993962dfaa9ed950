variable "name" {
  type = string
}

resource "aws_cloudwatch_log_group" "this" {
  count             = 1
  name              = var.name
  retention_in_days = 90

  tags = {
    deployed = timestamp()
    team     = "edge"
  }

  lifecycle {
    ignore_changes = [tags["deployed"]]
  }
}
