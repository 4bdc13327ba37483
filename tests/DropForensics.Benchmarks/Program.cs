using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DropForensics.Benchmarks.Inputs;

namespace DropForensics.Benchmarks;

/// <summary>
/// <c>[--smoke] [BenchmarkDotNet's own options]</c> measures; <c>--smoke</c> runs each benchmark once, to show that it works.
/// <c>cpus CPUS DROPS</c> records so many drops from the rings of so many simulated CPUs, and prints how many it has and the µs of processor time a drop.
/// <c>generate tracepoint|eprobe DROPS CAPTURE.db</c> and <c>text tracepoint|eprobe DROPS FILE</c> make input for other programs.
/// <c>fleet tracepoint|eprobe HOSTS DROPS DIR</c> makes a capture of each of so many hosts, <c>DIR/host-00001.db</c>.
/// <c>screen PAGE.html TIMES</c> opens a page so often in chromium, and prints each time the ms to its first screen and to its being loaded.
/// </summary>
internal static class Program
{
    private const string Smoke = "--smoke";

    public static int Main(string[] args)
    {
        if (args is ["generate" or "text", "tracepoint" or "eprobe", _, _])
        {
            return Make(args[0] == "text", args[1] == "eprobe", long.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
        }

        if (args is ["fleet", "tracepoint" or "eprobe", _, _, _])
        {
            bool isEprobe = args[1] == "eprobe";
            TraceRecord[] records = isEprobe ? RecordedDrops.Packets() : RecordedDrops.Flood();
            for (int host = 1; host <= int.Parse(args[2], CultureInfo.InvariantCulture); host++)
            {
                CaptureGenerator.Write(Path.Combine(args[4], $"host-{host:d5}.db"), long.Parse(args[3], CultureInfo.InvariantCulture), records, isEprobe, host);
            }

            return 0;
        }

        if (args is ["cpus", _, _])
        {
            using var rings = new SimulatedRings(int.Parse(args[1], CultureInfo.InvariantCulture), long.Parse(args[2], CultureInfo.InvariantCulture));
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long recorded = rings.Record();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recorded}\t{(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / rings.Drops}"));
            return 0;
        }

        if (args is ["screen", _, _])
        {
            return FirstScreen.Run(args[1], int.Parse(args[2], CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
        }

        // In this process: generating and building a project for each would need what a checkout alone does not have.
        Job job = (args.Contains(Smoke) ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        IConfig config = DefaultConfig.Instance.AddJob(job).AddColumn(StatisticColumn.Min); // what a busy machine changes least
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args.Where(arg => arg != Smoke)], config)];
        bool isWhole = summaries.Length > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors
            && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success));
        return isWhole ? 0 : 1;
    }

    private static int Make(bool isText, bool isEprobe, long drops, string path)
    {
        TraceRecord[] records = isEprobe ? RecordedDrops.Packets() : RecordedDrops.Flood();
        if (!isText)
        {
            CaptureGenerator.Write(path, drops, records, isEprobe);
            return 0;
        }

        using FileStream file = File.Create(path);
        new MadeTrace(records).Write(drops, (_, text) => file.Write(text));
        return 0;
    }
}
