using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Capture.Doctor;

/// <summary>
/// Checks what a capture needs of this host, with the same code as a capture, and changes nothing: it opens no file for writing, and
/// none that is consumed by reading.
/// </summary>
internal sealed class Examination(CaptureOptions options, HostRoot host)
{
    public Diagnosis Run()
    {
        var facts = HostFacts.Read(host);
        var checks = new List<Check>();
        string? tracefs = Tracefs(checks);
        checks.Add(Lockdown());
        if (tracefs is not null)
        {
            checks.Add(TracefsChecks.Permissions(tracefs));
            checks.Add(TracefsChecks.OpenFiles(tracefs));
            var probes = new ProbeChecks(host, tracefs, options);
            checks.AddRange(probes.Run());
            checks.Add(TracefsChecks.Clock(tracefs));
            checks.Add(TracefsChecks.HistTriggers(tracefs));
            checks.Add(new Check("other events", CheckState.Ok, $"events of the host for --with: {OtherEvents.Here(tracefs)}"));
            checks.AddRange(OtherTracers.Run(host, tracefs));
        }

        checks.AddRange(new HostChecks(host, options).Run());
        bool isPossible = !checks.Any(check => check is { IsNeeded: true, State: CheckState.No or CheckState.Unknown });
        return new Diagnosis($"{facts.HostName}, {facts.Machine}, Linux {facts.KernelRelease}", checks, isPossible ? Command() : null);
    }

    private string? Tracefs(List<Check> checks)
    {
        try
        {
            string tracefs = TracefsMount.Find(host);
            checks.Add(new Check("tracefs", CheckState.Ok, $"at {tracefs}") { IsNeeded = true });
            return tracefs;
        }
        catch (UserError error)
        {
            checks.Add(new Check("tracefs", CheckState.No, $"{error.Message}; the kernel's events could not be checked", error.Remedy) { IsNeeded = true });
            return null;
        }
    }

    private Check Lockdown() => TracefsMount.Lockdown(host) switch
    {
        null => new Check("lockdown", CheckState.Ok, "off, according to securityfs"),
        "confidentiality" => new Check("lockdown", CheckState.No, "confidentiality: it blocks tracefs for everyone", "Boot with lockdown=integrity.") { IsNeeded = true },
        var level => new Check("lockdown", CheckState.Ok, $"{level}: tracefs works"),
    };

    /// <summary>The requested command, with a buffer that fits.</summary>
    private string Command()
    {
        List<string> words = ["capture", .. options.Words];
        if (options.KeepLast is null && !options.Freeze && !words.Any(word => word is "-d" or "--duration")) words.AddRange(["--duration", "60s"]);
        if (!words.Contains("--buffer") && HostChecks.FittingBuffer(host, options) is { } fitting) words.AddRange(["--buffer", fitting]);
        return string.Join(' ', words.Select(ShellText.Word));
    }
}
