# The classical table with error strata, R's aov: Rscript strata.R table.csv NAME
arguments <- commandArgs(TRUE)
d <- read.csv(arguments[1], header = FALSE, col.names = c("strategy", "model", "task", "y"))
d$block <- factor(paste(d$task, (seq_len(nrow(d)) - 1) %% 10))
for (f in c("strategy", "model", "task")) d[[f]] <- factor(d[[f]])
start <- proc.time()
fit <- summary(aov(y ~ task * strategy * model + Error(block / (strategy * model)), d))
used <- proc.time() - start
cat(sprintf(
  '{"program":"R aov, strata alone","task":"%s primary","seconds":%f,"values":[],"otherTests":"no resampling"}\n',
  arguments[2], used[["user.self"]] + used[["sys.self"]]
))
