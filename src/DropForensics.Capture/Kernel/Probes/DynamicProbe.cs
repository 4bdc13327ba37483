using DropForensics.Core;

namespace DropForensics.Capture.Kernel.Probes;

/// <summary>
/// A probe event of our own, defined for as long as this lives. It is added to the kernel's list and taken out of it by its own
/// name; the list is never emptied, for it holds other tools' probes as well.
/// </summary>
internal sealed class DynamicProbe : IDisposable
{
    private readonly string _tracefs;
    private readonly TracefsHand _hand;
    private readonly UndoStep _removal;
    private readonly List<string> _leftovers = [];
    private bool _disposed;

    private DynamicProbe(string tracefs, TracefsHand hand, UndoStep removal) => (_tracefs, _hand, _removal) = (tracefs, hand, removal);

    /// <summary>What could not be undone. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _leftovers;

    /// <summary>Defines the events a plan needs; none where the kernel has them by itself.</summary>
    /// <exception cref="UserError">The kernel refused one, with its own reason where it gave one; none is left.</exception>
    public static IReadOnlyList<DynamicProbe> Define(string tracefs, ProbePlan plan, TracefsHand hand)
    {
        var defined = new List<DynamicProbe>();
        try
        {
            if (plan is { Definition: { } own, EventDirectory: { } directory }) defined.Add(Define(tracefs, plan, hand, own, directory));
            if (plan is { WitnessDefinition: { } counting, Witness: { } witness }) defined.Add(Define(tracefs, plan, hand, counting, witness.Directory));
            return defined;
        }
        catch (UserError)
        {
            foreach (var probe in defined) probe.Dispose();
            throw;
        }
    }

    private static DynamicProbe Define(string tracefs, ProbePlan plan, TracefsHand hand, string definition, string directory)
    {
        var path = Path.Combine(tracefs, plan.DefinitionFile ?? throw new InvalidOperationException("a definition without a file for it"));
        var removal = new UndoStep(UndoKind.RemoveProbe, path, directory["events/".Length..]);
        hand.Announce(removal);
        TracefsFile file;
        try
        {
            file = hand.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TracefsRefusal.Of($"cannot write to {path}: {e.Message}", e);
        }

        try
        {
            using (file) file.Write(definition);
        }
        catch (IOException e)
        {
            var reason = ErrorLog.ReasonFor(tracefs, definition);
            throw new UserError(
                $"the kernel refused the {plan.Name}: {reason ?? $"{e.Message.Split(" : ")[0]}, and no more about it: it was built without them"}",
                "--probe tracepoint needs no definition.");
        }

        return new DynamicProbe(tracefs, hand, removal);
    }

    /// <summary>Takes the event out again. The instances that used it must be gone; while somebody else has it enabled the kernel keeps it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            _removal.Play(_hand);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Leave(e);
        }
    }

    private void Leave(Exception why)
    {
        var holders = string.Join(", ", ProbeHolders.Of(_tracefs, _removal.Value));
        var by = holders.Length > 0 ? $" (enabled in {holders})" : "";
        var leftover = $"could not {_removal.What}{by}: {why.Message}";
        _leftovers.Add(leftover);
        Console.Error.WriteLine($"capture: NOT RESTORED: {leftover}");
    }
}
