using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Tracefs;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// A trace in fixtures/traces and what it must decode to, NAME.expected.json beside it. With the environment variable
/// DROPFORENSICS_RECORD=1 the tests write the expected files again: review the difference before it is committed.
/// </summary>
public sealed class TraceFixture
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TraceFixture(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Bytes = File.ReadAllBytes(path);
        ExpectedPath = Path.ChangeExtension(path, ".expected.json");
        Reasons = ReasonsOf(Name);
        Format = Name.StartsWith("perf-", StringComparison.Ordinal) ? TextFormat.PerfScript
            : Name.StartsWith("trace-cmd-", StringComparison.Ordinal) ? TextFormat.TraceCmd
            : Name.StartsWith("dropwatch-", StringComparison.Ordinal) ? TextFormat.Dropwatch : TextFormat.Trace;
    }

    public string Name { get; }
    public byte[] Bytes { get; }
    public string ExpectedPath { get; }
    public ReasonTable Reasons { get; }

    /// <summary>Whose text it is, by its name.</summary>
    public TextFormat Format { get; }

    /// <summary>Recorded on the command line's request, never by a plain test run.</summary>
    public static bool Records => Environment.GetEnvironmentVariable("DROPFORENSICS_RECORD") == "1";

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(PathOf("traces"), "*.txt").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;

    public static TraceFixture Load(string name) => new(Path.Combine(PathOf("traces"), name + ".txt"));

    /// <summary>The event's format file of a kernel, <c>6.12</c>.</summary>
    public static byte[] FormatFile(string kernel) => File.ReadAllBytes(Path.Combine(PathOf("formats"), $"kfree_skb-{kernel}.txt"));

    public DropDecoder NewDecoder() => TextDecoders.New(Format, Reasons);

    public DropDecoder Decode()
    {
        DropDecoder decoder = NewDecoder();
        decoder.Feed(Bytes);
        decoder.Complete();
        return decoder;
    }

    /// <summary>All a decoder found, one drop a line, so that a difference reads well.</summary>
    public static string Snapshot(DropDecoder decoder)
    {
        var text = new StringBuilder();
        text.Append("{\n  \"lines\": ").Append(Line(w =>
        {
            foreach (LineKind kind in Enum.GetValues<LineKind>().Where(k => decoder.Lines[k] > 0))
                w.WriteNumber(kind.ToString(), decoder.Lines[kind]);
        }));
        text.Append(",\n  \"orphan_stacks\": ").Append(decoder.OrphanStacks);
        AppendAll(text, "unparsed", decoder.Batch.Unparsed, (w, u) =>
        {
            w.WriteNumber("raw_line", u.RawLine);
            w.WriteString("kind", u.Kind.ToString());
        });
        AppendAll(text, "losses", decoder.Batch.Losses, (w, l) =>
        {
            w.WriteNumber("raw_line", l.RawLine);
            w.WriteNumber("cpu", l.Cpu);
            WriteNumber(w, "after", l.AfterTimestamp);
            WriteNumber(w, "records", l.Records);
        });
        if (decoder.Batch.Others.Count > 0)
            AppendAll(text, "others", decoder.Batch.Others, WriteOther);
        AppendAll(text, "drops", decoder.Batch.Drops, WriteDrop);
        return text.Append("\n}\n").ToString();
    }

    private static void WriteOther(Utf8JsonWriter w, OtherEvent other)
    {
        w.WriteNumber("raw_line", other.RawLine);
        w.WriteNumber("cpu", other.Cpu);
        w.WriteNumber("timestamp", other.Timestamp);
        w.WriteNumber("pid", other.Pid);
        w.WriteString("comm", other.Comm);
        w.WriteString("name", other.Name);
        w.WriteString("fields", other.Fields);
        WriteNumber(w, "frames", other.Stack?.Frames.Count);
    }

    private static void WriteDrop(Utf8JsonWriter w, DropEvent drop)
    {
        w.WriteNumber("raw_line", drop.RawLine);
        WriteNumber(w, "cpu", drop.Cpu);
        w.WriteNumber("timestamp", drop.Timestamp);
        if (drop.Count != 1)
            w.WriteNumber("count", drop.Count);
        WriteNumber(w, "pid", drop.Pid);
        if (drop.Tgid is int tgid)
            w.WriteNumber("tgid", tgid);
        w.WriteString("comm", drop.Comm);
        w.WriteString("event", drop.Event);
        WriteNumber(w, "ethertype", drop.EtherType);
        w.WriteString("location", drop.Location);
        w.WriteString("reason", drop.Reason?.Name);
        WriteNumber(w, "reason_value", drop.Reason?.Value);
        w.WriteString("subsystem", drop.Reason?.Subsystem);
        if (drop.Interface is { } device)
            w.WriteString("interface", $"{device.Netns}:{device.IfIndex} {device.Name}");
        if (drop.IncomingIfIndex is { } iif)
            w.WriteNumber("iif", iif);
        if (drop.Length is { } length)
            w.WriteNumber("length", length);
        if (drop.Headers is { } headers)
        {
            w.WriteString("flow", Text(headers.Flow));
            if (headers.Inner is { } inner)
                w.WriteString(headers.Tunnel!, Text(inner)); // a flow is carried in something
        }
        WriteNumber(w, "frames", drop.Stack?.Frames.Count);
        if (drop.Stack is { Frames.Count: > 0 } stack)
        {
            w.WriteString("first", Text(stack.Frames[0]));
            w.WriteString("last", Text(stack.Frames[^1]));
        }
    }

    // "2048 17 127.0.0.1:40001 > 127.0.0.1:9"
    private static string Text(PacketFlow flow)
    {
        string vlan = flow.Vlan is { } id ? $" vlan {id}" : "", type = flow.Type is { } number ? $" type {number} code {flow.Code}" : "";
        return $"{flow.EtherType}{vlan} {flow.IpProtocol} {IpText.Of(flow.Source, flow.EtherType)}:{flow.SourcePort} > "
            + $"{IpText.Of(flow.Destination, flow.EtherType)}:{flow.DestinationPort}{type}{(flow.IsLaterFragment ? " fragment" : "")}";
    }

    private static string Text(Frame frame) =>
        frame.Symbol + (frame.Offset is long offset ? $"+0x{offset:x}" : "") + (frame.Module is null ? "" : $" [{frame.Module}]");

    private static void WriteNumber(Utf8JsonWriter w, string name, long? value)
    {
        if (value is long number)
            w.WriteNumber(name, number);
        else
            w.WriteNull(name);
    }

    private static void AppendAll<T>(StringBuilder text, string name, List<T> items, Action<Utf8JsonWriter, T> write) =>
        text.Append($",\n  \"{name}\": [").AppendJoin(",", items.Select(i => "\n    " + Line(w => write(w, i)))).Append(']');

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // The names of the kernel in the fixture's name; those made by hand speak as 6.12 does; the article's kernel is not known.
    private static ReasonTable ReasonsOf(string name)
    {
        if (name.Contains("article", StringComparison.Ordinal))
            return ReasonTable.Empty;
        string kernel = name.Split('-').FirstOrDefault(part => part.Length >= 3 && char.IsAsciiDigit(part[0]) && part.Contains('.')) ?? "6.12";
        return ReasonTable.FromFormat(FormatFile(kernel));
    }

    private static string PathOf(string folder)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "DropForensics.sln")))
            root = Path.GetDirectoryName(root);
        return Path.Combine(root ?? throw new DirectoryNotFoundException("DropForensics.sln"), "fixtures", folder);
    }
}
