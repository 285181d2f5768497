# Type III analysis of variance of a large table in base R: lm on the rows, then drop1.
#   Rscript anova.R table.csv
x <- read.csv(commandArgs(TRUE)[1], header = FALSE, col.names = c("s", "m", "t", "y"))
for (k in c("s", "m", "t")) x[[k]] <- factor(x[[k]])
options(contrasts = c("contr.sum", "contr.poly"), digits = 17)
start <- proc.time()
fit <- lm(y ~ (s + m + t)^2, x, model = FALSE)
# Type III by the Wald form on the coefficients, as car::Anova computes it.
b <- coef(fit); V <- vcov(fit); a <- fit$assign
values <- sapply(1:6, function(k) { i <- a == k; drop(b[i] %*% solve(V[i, i], b[i])) / sum(i) })
cat(sprintf('{"program":"R %s lm","task":"anova million","seconds":%.4f,"values":[%s]}\n', getRversion(),
  sum((proc.time() - start)[1:2]), paste(sprintf("%.15g", values), collapse = ",")))
