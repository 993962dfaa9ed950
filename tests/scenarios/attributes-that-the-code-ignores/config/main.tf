# The log groups of the workers: their retention is set by hand, the legacy one is left alone altogether.
resource "aws_cloudwatch_log_group" "worker" {
  for_each          = toset(["blue", "green"])
  name              = "/acme/worker/${each.key}"
  retention_in_days = 90

  lifecycle {
    ignore_changes = [retention_in_days]
  }
}

resource "aws_cloudwatch_log_group" "legacy" {
  name              = "/acme/legacy"
  retention_in_days = 90

  lifecycle {
    ignore_changes = all
  }
}

module "app" {
  source  = "acme/app/aws"
  version = "2.1.0"
}
