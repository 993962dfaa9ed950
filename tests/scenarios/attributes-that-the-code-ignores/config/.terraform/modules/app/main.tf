module "logs" {
  source = "./modules/logs"
  name   = "/acme/app"
}
