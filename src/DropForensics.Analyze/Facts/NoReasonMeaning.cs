namespace DropForensics.Analyze.Facts;

/// <summary>Why no drop of a capture has a reason.</summary>
internal static class NoReasonMeaning
{
    /// <param name="capture">The capture.</param>
    /// <param name="format">The stored format of the tracepoint; null where the capture has none.</param>
    /// <returns>A sentence.</returns>
    public static string Of(CaptureInfo capture, string? format) => (capture, format) switch
    {
        ({ HitsOf: { } function }, _) => $"A hit of `{function}` is no drop, so it has no drop reason.",
        (_, { } text) when !text.Contains(" reason;", StringComparison.Ordinal) =>
            $"This kernel{(capture.KernelRelease is null ? "" : $", {capture.KernelRelease},")} gives no drop reasons: they came with Linux 5.17.",
        ({ Probe: "function" }, _) => "The function tracer does not tell reasons.",
        ({ IsImport: true }, _) => "The text gives no reason with any drop.",
        _ => "No drop came with a reason.",
    };
}
