using System.Globalization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of one reason.</summary>
/// <param name="Reason">The kernel's name; null where the kernel or the probe gave none.</param>
/// <param name="Value">Its number on this host, where known.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c> …</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ReasonFacts(string? Reason, long? Value, string? Subsystem, long Drops, double Share);

/// <summary>How people read a reason.</summary>
internal static class ReasonWords
{
    /// <summary>As it is shown; what was not given, or has a number only, says so.</summary>
    public static string Name(string? reason) => reason switch
    {
        null => "not given",
        { } number when IsNumber(number) => $"number {number}",
        { } name => name,
    };

    /// <summary>Whether it is the kernel's own name.</summary>
    public static bool IsName(string? reason) => reason is not null && !IsNumber(reason);

    /// <summary>Whether the trace gave it as a number that nothing in the capture names: <c>2</c>, <c>0x30002</c>.</summary>
    public static bool IsNumber(string reason) => reason.StartsWith("0x", StringComparison.Ordinal)
        ? reason.Length > 2 && reason.Skip(2).All(char.IsAsciiHexDigit)
        : reason.Length > 0 && reason.All(char.IsAsciiDigit);

    /// <summary>Why it has no name, and what would give it one.</summary>
    public static string Why(CaptureInfo capture, string reason) => (capture, Subsystem(reason)) switch
    {
        (_, > 0 and var subsystem) => $"of {Owner(subsystem)}; only that kernel's BTF has its name",
        ({ IsImport: false }, _) => "whose name is not in the capture",
        _ when capture.CommandLine.Contains("--format", StringComparison.Ordinal) => "whose name is not in the format",
        _ => "whose name is not in the text (import with --format)",
    };

    // The upper half of the number (include/net/dropreason.h). What it means has changed, and no format file names these.
    private static uint Subsystem(string reason) =>
        reason.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(reason.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) ? value >> 16 : 0
            : uint.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out value) ? value >> 16 : 0;

    private static string Owner(uint subsystem) => subsystem switch
    {
        1 => "mac80211",
        2 => "mac80211 (Linux 6.4 to 6.14) or Open vSwitch (since 6.16)",
        3 => "Open vSwitch (Linux 6.6 to 6.14) or the qdiscs (since 7.1)",
        _ => $"subsystem {subsystem.ToString(CultureInfo.InvariantCulture)}",
    };
}

/// <summary>Why no drop of a capture has a reason.</summary>
internal static class NoReasonMeaning
{
    /// <param name="capture">The capture.</param>
    /// <param name="format">The stored format of the tracepoint; null where the capture has none.</param>
    /// <returns>A sentence.</returns>
    public static string Of(CaptureInfo capture, string? format) => (capture, format) switch
    {
        ({ HitsOf: { } function }, _) => $"A hit of `{function}` is not a drop, so it has no drop reason.",
        (_, { } text) when !text.Contains(" reason;", StringComparison.Ordinal) =>
            $"This kernel{(capture.KernelRelease is null ? "" : $", {capture.KernelRelease},")} has no drop reasons: they came with Linux 5.17.",
        ({ Probe: "function" }, _) => "The function tracer shows no reasons.",
        ({ IsImport: true }, _) => "The text has no reasons.",
        _ => "No drop has a reason.",
    };
}
