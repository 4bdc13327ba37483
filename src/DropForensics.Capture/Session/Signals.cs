using System.Globalization;
using System.Runtime.InteropServices;
using DropForensics.Capture.Recording;

namespace DropForensics.Capture.Session;

/// <summary>Signals that by default kill a process: each ends the window early instead, and the file is kept.</summary>
internal sealed class Signals : IDisposable
{
    // SIGXFSZ: a write beyond the file size limit must fail, not kill.
    private const int FileTooLarge = 25;

    // SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, as numbered on x86-64 and arm64.
    private static readonly int[] Unnamed = [10, 12, 14, 24, 26, 27, 29, 30];

    private readonly List<PosixSignalRegistration> _registrations = [];

    public Signals(Window window)
    {
        PosixSignal[] named = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        foreach (PosixSignal signal in named) On(signal, () => window.Signal(signal.ToString()));
        foreach (int number in Unnamed) On((PosixSignal)number, () => window.Signal($"signal {number.ToString(CultureInfo.InvariantCulture)}"));
        On((PosixSignal)FileTooLarge, () => { });
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void On(PosixSignal signal, Action action) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));
}
