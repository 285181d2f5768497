# Freedman-Lane permutation tests in R: residuals shuffled in blocks, projected by a QR computed once; and
# vegan's anova.cca (its own permutations, terms in sequence) where vegan is installed.
#   Rscript permutation.R table.csv NAME RESAMPLES
args <- commandArgs(TRUE)
name <- args[2]; resamples <- as.integer(args[3])
x <- read.csv(args[1], header = FALSE, col.names = c("s", "m", "t", "y"))
for (k in c("s", "m", "t")) x[[k]] <- factor(x[[k]])
options(contrasts = c("contr.sum", "contr.poly"))
cpu <- function() sum(proc.time()[1:2])
report <- function(program, seconds, values) {
  cat(sprintf('{"program":"%s","task":"%s F","seconds":%.4f,"values":[%s]}\n', program, name, seconds,
    paste(values, collapse = ",")))
}

run <- function() {
  set.seed(1)
  X <- model.matrix(~ (s + m + t)^2, x); assign <- attr(X, "assign"); y <- x$y; n <- length(y)
  Q <- qr.Q(qr(X)); dfe <- n - ncol(X); count <- integer(6)
  reduced <- lapply(1:6, function(k) qr(X[, assign != k]))
  E <- sapply(reduced, qr.resid, y)
  Qz <- lapply(reduced, qr.Q)
  df <- sapply(1:6, function(k) sum(assign == k))
  statistic <- function(Y, k) {
    full <- colSums(crossprod(Q, Y)^2); part <- colSums(crossprod(Qz[[k]], Y)^2)
    ((full - part) / df[k]) / ((sum(E[, k]^2) - full) / dfe)
  }
  observed <- sapply(1:6, function(k) statistic(E[, k, drop = FALSE], k))
  for (b in seq_len(ceiling(resamples / 250))) {
    idx <- replicate(250, sample.int(n))
    for (k in 1:6) {
      Y <- matrix(E[idx, k], n)
      count[k] <- count[k] + sum(statistic(Y, k) >= observed[k] * (1 - 1e-12))
    }
  }
  count
}
start <- cpu(); values <- run()
report(paste("R", getRversion()), cpu() - start, values)

if (requireNamespace("vegan", quietly = TRUE)) {
  suppressMessages(library(vegan)); set.seed(1); response <- x$y
  start <- cpu()
  a <- anova(rda(response ~ (s + m + t)^2, data = x), by = "terms", permutations = how(nperm = resamples))
  cat(sprintf('{"program":"vegan %s","task":"%s F","seconds":%.4f,"values":[],"otherTests":"sequential terms"}\n',
    packageVersion("vegan"), name, cpu() - start))
}
