using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Lake;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Captures of several hosts, a lake of them, and DuckDB as the command runs it.</summary>
internal static class Fleet
{
    /// <summary>2026-11-30T09:00:00Z, when every window opens that says nothing else.</summary>
    public const long OpenedRealNs = 1_796_029_200_000_000_000;

    /// <summary>The folder of the program with DuckDB in it, just built.</summary>
    public static string ProgramFolder => Repository.At("src", "DropForensics.Lake", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0"); // bin/Debug/net10.0

    /// <summary>The program.</summary>
    public static string DuckDb
    {
        get
        {
            string path = Path.Combine(ProgramFolder, OperatingSystem.IsWindows() ? LakeQuery.Program + ".exe" : LakeQuery.Program);
            Assert.True(File.Exists(path), $"{path} is built with the tests, and is not there");
            return path;
        }
    }

    /// <summary>Every capture of the fixtures.</summary>
    public static string[] Fixtures { get; } = [.. Directory.EnumerateFiles(Repository.At("fixtures", "captures"), "*.db", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Adds captures to a lake; the exit code, and what was said.</summary>
    public static (ExitCode Code, string Notes) Add(string lake, params string[] files) => Run(new LakeOptions(lake, files, null, AnswerFormat.Table, false)) is var (code, _, notes) ? (code, notes) : default;

    /// <summary>Compacts a lake; what was said.</summary>
    public static string Compact(string lake)
    {
        (ExitCode code, _, string notes) = Run(new LakeOptions(lake, [], null, AnswerFormat.Table, true));
        Assert.Equal(ExitCode.Done, code);
        return notes;
    }

    /// <summary>The answer to a question as it is printed.</summary>
    public static string Ask(string lake, string sql, AnswerFormat format) => Run(new LakeOptions(lake, [], sql, format, false)).Output;

    /// <summary>The rows of an answer, each value as text, NULL as <c>NULL</c>.</summary>
    public static List<string[]> Rows(string lake, string sql)
    {
        List<string[]> rows = [];
        new LakeQuery(LakeFolder.Open(lake), DuckDb).Ask(sql, (_, _) => { }, row =>
        {
            rows.Add(Array.ConvertAll(row, value => value.ValueKind == JsonValueKind.Null ? "NULL" : value.ToString()));
            return true;
        }, CancellationToken.None);
        return rows;
    }

    /// <summary>Runs it as the command does.</summary>
    public static (ExitCode Code, string Output, string Notes) Run(LakeOptions options)
    {
        var (output, notes) = (new StringWriter(), new StringWriter());
        ExitCode code = LakeJob.Run(options, output, notes, () => DuckDb, CancellationToken.None);
        return (code, output.ToString(), notes.ToString());
    }

    /// <summary>Writes a host's capture: 10 s from <see cref="OpenedRealNs"/>.</summary>
    /// <param name="folder">It is <c>HOST.db</c> there.</param>
    /// <param name="laterNs">By how much later the window opens.</param>
    /// <param name="more">Whatever else belongs into it.</param>
    public static string Write(string folder, string host, long laterNs, Action<CaptureWriter>? more, params MadePackets.Drop[] drops)
    {
        string path = Path.Combine(folder, $"{host}-{laterNs}.db");
        var uuid = new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(path))).AsSpan(0, 16));
        MadePackets.Write(path, MadePackets.Eprobe with { Uuid = uuid.ToString(), HostName = host, WitnessDrops = drops.Length, WitnessSlack = 0 }, writer =>
        {
            writer.AddClock(new ClockReading(100_000_000_000, 100_000_000_000, OpenedRealNs + laterNs));
            more?.Invoke(writer);
        }, drops);
        return path;
    }

    /// <summary>A retransmit in a host's capture.</summary>
    public static void Retransmit(CaptureWriter writer, long afterNs, PacketFlow flow)
    {
        var other = new OtherEvent
        {
            Name = "tcp_retransmit_skb",
            Cpu = 0,
            RawLine = 1000 + (afterNs / 1_000_000),
            Timestamp = 100_000_000_000 + afterNs,
            Pid = 0,
            Comm = "swapper/0",
            Fields = "{\"state\":\"TCP_ESTABLISHED\",\"x\":\"a \\\"b\\\" é\"}",
        };
        writer.AddOther(other, 100_000_000_000, writer.InternTask(other), null, writer.InternFlow(new PacketHeaders(flow, null, null)));
    }
}
