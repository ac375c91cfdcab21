#!/usr/bin/env python3
"""Assesses messages on an Apache Spark cluster: every partition of a file goes through its own `weerbaar score`.

    spark-submit examples/spark/score.py INPUT OUTPUT [--program weerbaar] [--partitions N] [-- OPTIONS OF SCORE]

INPUT is a file, folder or pattern of NDJSON, OUTPUT a new folder; both may be anywhere that Spark reads and writes. The
results stand in OUTPUT/part-00000 and so on, in the order of the input. The program and its model must be on every
machine, or be sent along:

    spark-submit --files weerbaar,weerbaar-nl.model --conf spark.executorEnv.WEERBAAR_MODEL=weerbaar-nl.model \\
      examples/spark/score.py INPUT OUTPUT --program ./weerbaar

Exit code 3 where lines were rejected: they are named on the standard error of the executor that had them. Lines that
--min-level leaves out are not told from them, so leave that to what reads the results.
"""
import argparse
import shlex
import sys

from pyspark.sql import SparkSession

# A partition with lines that are no messages is done all the same (exit code 3); every other failure fails the task.
SCORE = 'program=$1; shift; "$program" score "$@"; status=$?; if [ $status = 3 ]; then exit 0; fi; exit $status'

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("input")
parser.add_argument("output")
parser.add_argument("--program", default="weerbaar", help="the program, on every machine (default: weerbaar, on PATH)")
parser.add_argument("--partitions", type=int, help="least number of parts; as Spark cuts the file where not given")
parser.add_argument("options", nargs="*", help="options of weerbaar score, behind --")
arguments = parser.parse_args()

spark = SparkSession.builder.appName("weerbaar").getOrCreate()
lines = spark.sparkContext.textFile(arguments.input, arguments.partitions)
# Spark runs one task a core, so one thread a process is right.
command = ["sh", "-c", SCORE, "sh", arguments.program, "--jobs", "1", *arguments.options]
lines.pipe(shlex.join(command), checkCode=True).saveAsTextFile(arguments.output)

read = lines.count()
assessed = spark.sparkContext.textFile(arguments.output).count()
print(f"{read} lines in {lines.getNumPartitions()} partitions, {assessed} assessed, {read - assessed} rejected")
spark.stop()
sys.exit(3 if read != assessed else 0)
