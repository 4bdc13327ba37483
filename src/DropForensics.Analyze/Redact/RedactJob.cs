using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Commands;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Core.Upgrade;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Redact;

/// <summary>
/// Makes a capture that can be shared: the raw text is written again with tokens, and all rows are made from that text, as during
/// recording. So no row can contain anything that is not in the text, and the result verifies.
/// </summary>
internal static class RedactJob
{
    /// <summary>What is replaced, for people and for the file itself.</summary>
    public const string Replaced = "replaced by tokens: Ethernet, IPv4 and IPv6 addresses, task names, interface names except lo, host name, boot id; "
        + "newly generated: the file's id; zeroed or left out: packet payload, sequence numbers, checksums and header options, command-line values, the time zone's "
        + "name, unrecognized lines and events, frames of user stacks, addresses in /proc/modules, host files other than those kept, among them routes, rules, neighbours, addresses, settings, "
        + "interrupts, build ids, kernel command line, distribution and machine";

    /// <summary>What is kept, for people and for the file itself.</summary>
    public const string Kept = "kept: times, CPUs, process ids, ids of control groups and users, reasons, kernel symbols, modules and drivers, kernel addresses, kernel release and version, "
        + "numbers of interfaces and network namespaces, protocols, ports, VLAN and VXLAN ids, lengths and flags of packets, the kind of each address "
        + "(private, multicast …), counters of /proc/net, tables of sockets, links, queues, tc filters (without what they match) and drivers' own counters, the event's format and BTF enums";

    private const int ChunksPerCommit = 256;

    /// <param name="input">The capture; it is only read.</param>
    /// <param name="output">The file to make.</param>
    /// <param name="result">Receives the result.</param>
    /// <param name="stop">Stops the work; no file is left.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="json">One JSON document instead of text.</param>
    /// <param name="force">Whether a file that has the name of <paramref name="output"/> is replaced.</param>
    /// <exception cref="UserError">A file cannot be read or made; none is left then.</exception>
    public static ExitCode Run(string input, string output, TextWriter result, CancellationToken stop, ProgressLine? progress = null, bool json = false, bool force = false)
    {
        if (Path.GetFullPath(input) == Path.GetFullPath(output))
        {
            throw new UserError($"{output} is the capture itself", "Choose another file for the redacted copy.");
        }

        CaptureWriter.Check(output, force);
        using CaptureReader capture = AnyCapture.Open(input, stop, progress);
        long drops = UntrustedContent.Read(capture, () => Write(capture, output, force, progress, stop), stop);
        progress?.Dispose();
        if (json)
        {
            result.WriteLine(JsonText.Readable(JsonSerializer.Serialize(new RedactResult(Visible.Text(output), drops, Replaced, Kept), RedactJsonContext.Default.RedactResult)));
            return ExitCode.Done;
        }

        result.WriteLine($"{Units.Count(drops, "drop")}, redacted: {Visible.Text(output)}");
        result.WriteLine($"{char.ToUpperInvariant(Replaced[0])}{Replaced[1..]}.");
        result.WriteLine($"{char.ToUpperInvariant(Kept[0])}{Kept[1..]}.");
        return ExitCode.Done;
    }

    private static long Write(CaptureReader capture, string output, bool force, ProgressLine? progress, CancellationToken stop)
    {
        using var file = new PendingFile(output);
        long drops = file.Named(() =>
        {
            using CaptureWriter writer = CaptureWriter.Create(file.Part, force: false);
            long written = Write(capture, writer, progress, stop);
            writer.Finish();
            return written;
        });
        file.Commit(replace: force);
        return drops;
    }

    private static long Write(CaptureReader capture, CaptureWriter writer, ProgressLine? progress, CancellationToken stop)
    {
        SqliteConnection connection = capture.Connection;
        var tokens = new Tokens(RandomNumberGenerator.GetBytes(32)); // the key exists only here and disappears with the process
        var carried = new CarriedRows(capture, writer);
        CaptureRow row = RowRedactor.Redact(carried.Capture(), tokens, $"{Replaced}; {Kept}");
        writer.SetCapture(row);
        List<HostFile> names = CopyHost(connection, writer, tokens);
        Dictionary<int, long> netns = carried.NamespacesOfTasks();
        TextFormat format = TextDecoders.FormatOf(row.Transport);
        var recorder = new Recorder(writer, ReasonTable.FromArtifacts(names), pid => netns.TryGetValue(pid, out long inode) ? inode : null)
        {
            OpenedNs = row.OpenedNs,
            HitsOf = row.HitsOf,
            Format = format,
        };
        progress?.Begin("writing the drops", new CaptureQueries(connection).LastDrop());
        foreach (RawStream stream in capture.Streams())
        {
            Rewrite(capture, stream.Cpu, TextRedactor.New(format, tokens, row.HitsOf), recorder, progress, stop);
        }

        recorder.Complete();
        carried.Ledger(recorder);
        carried.BacklogDrivers();
        writer.SetCapture(row with { OpenedNs = recorder.OpenedNs });
        return recorder.Totals.Drops;
    }

    private static void Rewrite(CaptureReader capture, int? cpu, TextRedactor redactor, Recorder recorder, ProgressLine? progress, CancellationToken stop)
    {
        using ChunkReader chunks = capture.Chunks(cpu);
        for (int count = 1; chunks.Next(); count++)
        {
            stop.ThrowIfCancellationRequested();
            if (chunks.Fault is { } fault)
            {
                throw new UserError($"{capture.Path} is damaged: chunk {chunks.Id} of the raw text {fault.What}", "Copy it again from where it was captured.");
            }

            recorder.WasMasked = chunks.IsMasked || chunks.Text.IndexOf(" pkt"u8) >= 0;
            recorder.Feed(cpu, redactor.Feed(chunks.Text));
            progress?.At(recorder.Totals.Drops);
            if (count % ChunksPerCommit == 0)
            {
                recorder.Commit();
            }
        }

        recorder.Feed(cpu, redactor.Complete());
    }

    /// <summary>Host files that may stay, clocks and interfaces.</summary>
    /// <returns>The files that name reasons.</returns>
    private static List<HostFile> CopyHost(SqliteConnection connection, CaptureWriter writer, Tokens tokens)
    {
        List<HostFile> names = [];
        var artifacts = new ArtifactRedactor(tokens);
        SqlRows.Read(connection, "SELECT phase, netns, path, content FROM artifact", row =>
        {
            string path = SqlRows.Text(row, 2) ?? "";
            if (artifacts.Redact(path, SQLitePCL.raw.sqlite3_column_blob(row, 3).ToArray()) is not { } content)
            {
                return;
            }

            ArtifactPhase phase = SqlRows.Text(row, 0) == "before" ? ArtifactPhase.Before : ArtifactPhase.After;
            writer.AddArtifact(phase, SqlRows.Number(row, 1) ?? 0, path, content);
            if (phase == ArtifactPhase.Before && (path.StartsWith("events/", StringComparison.Ordinal) || path.StartsWith("btf/", StringComparison.Ordinal)))
            {
                names.Add(new HostFile(path, content));
            }
        });
        DirectRows.ReadNumbers(connection, "SELECT mono_ns, boot_ns, real_ns FROM clock", row => writer.AddClock(new ClockReading(row[0], row[1], row[2])));
        SqlRows.Read(connection, "SELECT netns, ifindex, name, driver, lower, base_driver FROM interface ORDER BY id", row => writer.AddInterface(new InterfaceRow(
            SqlRows.Number(row, 0) ?? 0, (int)(SqlRows.Number(row, 1) ?? 0),
            tokens.Interface(Encoding.UTF8.GetBytes(SqlRows.Text(row, 2) ?? "")), SqlRows.Text(row, 3), SqlRows.Text(row, 4), SqlRows.Text(row, 5))));
        return names;
    }
}

/// <summary>The result, for programs.</summary>
/// <param name="File">The capture that was made.</param>
/// <param name="Drops">Drops in it.</param>
/// <param name="Replaced">What tokens replace, in words.</param>
/// <param name="Kept">What is kept, in words.</param>
internal sealed record RedactResult(string File, long Drops, string Replaced, string Kept);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(RedactResult))]
internal sealed partial class RedactJsonContext : JsonSerializerContext;
