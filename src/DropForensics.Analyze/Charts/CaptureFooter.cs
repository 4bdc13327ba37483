namespace DropForensics.Analyze.Charts;

/// <summary>Where a picture's numbers come from; each text as it is to be shown, "unknown" where it is not known.</summary>
/// <param name="Host">Host name.</param>
/// <param name="Kernel">Kernel release.</param>
/// <param name="Time">When the window opened, in UTC.</param>
/// <param name="Window">Length asked for and kept.</param>
/// <param name="Probe">What was armed.</param>
/// <param name="CaptureSha256">Of the capture file, 64 hexadecimal digits.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Heading">Said above everything, where the capture is redacted; else null.</param>
public sealed record CaptureFooter(
    string Host, string Kernel, string Time, string Window, string Probe, string CaptureSha256, string Version, string? Heading = null);
