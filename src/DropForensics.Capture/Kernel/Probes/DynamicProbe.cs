using System.Diagnostics;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel.Probes;

/// <summary>
/// A probe event of our own, defined for as long as this lives. It is added to the kernel's list and taken out of it by its own
/// name; the list is never emptied, for it holds other tools' probes as well.
/// </summary>
internal sealed class DynamicProbe : IDisposable
{
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BusyRetry = TimeSpan.FromMilliseconds(20);

    private readonly string _tracefs;
    private readonly string _file;
    private readonly string _event;
    private readonly List<string> _leftovers = [];
    private bool _disposed;

    private DynamicProbe(string tracefs, string file, string @event) => (_tracefs, _file, _event) = (tracefs, file, @event);

    /// <summary>What could not be undone. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _leftovers;

    /// <summary>Defines the plan's event; null where the kernel has it by itself.</summary>
    /// <exception cref="UserError">The kernel refused it, with its own reason where it gave one.</exception>
    public static DynamicProbe? Define(string tracefs, ProbePlan plan)
    {
        if (plan is not { Definition: { } definition, DefinitionFile: { } file, EventDirectory: { } directory }) return null;
        var path = Path.Combine(tracefs, file);
        try
        {
            Append(path, definition);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserError($"cannot write to {path}: {e.Message}", "Run as root (sudo capture …).");
        }
        catch (IOException e)
        {
            var reason = ErrorLog.ReasonFor(tracefs, definition);
            throw new UserError(
                $"the kernel refused the {plan.Name}: {reason ?? e.Message}",
                reason is null
                    ? "It was built without them, or something guards tracefs here; --probe tracepoint needs none."
                    : "--probe tracepoint needs no definition.");
        }

        return new DynamicProbe(tracefs, path, directory["events/".Length..]);
    }

    /// <summary>Takes the event out again. The instances that used it must be gone; while somebody else has it enabled the kernel keeps it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Append(_file, $"-:{_event}");
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!Directory.Exists(Path.Combine(_tracefs, "events", _event))) return;   // Somebody took it out before us.
                if (waited.Elapsed < BusyPatience)
                {
                    Thread.Sleep(BusyRetry);   // The kernel lets go of an instance's events a moment after its removal.
                    continue;
                }

                Leave(e);
                return;
            }
        }
    }

    private void Leave(Exception why)
    {
        var holders = string.Join(", ", Holders());
        var by = holders.Length > 0 ? $" (enabled in {holders})" : "";
        var leftover = $"could not take the probe {_event} out{by}: {why.Message}; once nobody uses it, do it by hand: echo '-:{_event}' >> {_file}";
        _leftovers.Add(leftover);
        Console.Error.WriteLine($"capture: NOT RESTORED: {leftover}");
    }

    /// <summary>Where somebody else has it enabled.</summary>
    private IEnumerable<string> Holders()
    {
        var instances = Path.Combine(_tracefs, "instances");
        var places = Directory.Exists(instances) ? Directory.EnumerateDirectories(instances).Prepend(_tracefs) : [_tracefs];
        return places.Where(place => HostRoot.TryReadFile(Path.Combine(place, "events", _event, "enable")) is [(byte)'1', ..]);
    }

    /// <summary>One write, and never an O_TRUNC, at which the kernel drops everybody's probes.</summary>
    private static void Append(string path, string command)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(command + "\n"));
    }
}
