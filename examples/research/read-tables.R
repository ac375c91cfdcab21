# Reads a study's tables and prints who differs; draws a chart. Base R only.
#   Rscript read-tables.R STUDY

arguments <- commandArgs(trailingOnly = TRUE)
study <- if (length(arguments)) arguments[1] else "study"
groups <- read.csv(file.path(study, "tables", "by_group.csv"))
shares <- subset(groups, group == "gender" & startsWith(measure, "share abusive"))
print(shares[, c("level", "measure", "value", "lower", "upper", "note")], row.names = FALSE)

models <- read.csv(file.path(study, "tables", "regression.csv"))
odds <- subset(models, measure == "odds ratio" & startsWith(term, "gender="))
print(odds[, c("model", "term", "value", "lower", "upper")], row.names = FALSE)

plain <- subset(shares, measure == "share abusive" & !is.na(value))
place <- seq_len(nrow(plain))
svg("gender.svg", width = 6, height = 3)
plot(plain$value, place, xlim = range(0, plain$upper), yaxt = "n", ylab = "", pch = 19, xlab = "share of messages, uncorrected")
axis(2, at = place, labels = plain$level, las = 1)
segments(plain$lower, place, plain$upper, place)
invisible(dev.off())
