using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// A corner of this machine of the test's own: a process that holds a new network namespace and a new mount namespace with
/// tracefs in it. Everything vanishes with the process, which ends when its input closes, so nothing outlives the test run.
/// </summary>
internal sealed partial class LiveHost : IDisposable
{
    private const string Hold =
        "mount -t sysfs sysfs /sys && mount -t tracefs nodev /sys/kernel/tracing && mount -t tmpfs tmpfs /run "
        + "&& ip link set lo up && echo ready && exec cat";

    private readonly Process _holder;
    private readonly ManualResetEventSlim _over = new();

    public LiveHost()
    {
        _holder = Shell.Start("unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", Hold);
        if (_holder.StandardOutput.ReadLine() != "ready")
        {
            throw new InvalidOperationException($"no namespace of our own: {_holder.StandardError.ReadToEnd()}");
        }
    }

    /// <summary>The process that lives in the namespaces.</summary>
    public int Pid => _holder.Id;

    /// <summary>tracefs as seen from inside.</summary>
    public string Tracefs => $"/proc/{Pid}/root/sys/kernel/tracing";

    /// <summary>Runs a program inside, to its end.</summary>
    public Finished Run(params string[] command) => Shell.Wait(Start(command));

    /// <summary>Starts a program inside.</summary>
    public Process Start(params string[] command) =>
        Shell.Start("nsenter", ["--target", $"{Pid}", "--mount", "--net", "--wd=/", "--", .. command]);

    /// <summary>Runs lines of sh inside; fails the test where one fails.</summary>
    public void Sh(string script)
    {
        var finished = Run("sh", "-euc", script);
        if (finished.ExitCode != 0) throw new InvalidOperationException($"{script}: {finished}");
    }

    /// <summary>
    /// Runs code on a thread that has entered this network namespace (or a named one inside), pinned to a CPU: sockets made there
    /// stay there. The thread lives as long as this host, as a server's process would: the agent can look it up.
    /// </summary>
    public void InNetwork(Action action, int cpu = 0, string? named = null)
    {
        Exception? failure = null;
        var done = new TaskCompletionSource();
        var thread = new Thread(() =>
        {
            try
            {
                var path = named is null ? $"/proc/{Pid}/ns/net" : $"/proc/{Pid}/root/run/netns/{named}";
                using var space = File.OpenHandle(path);
                if (SetNs((int)space.DangerousGetHandle(), 0x40000000) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
                var mask = 1UL << cpu;
                if (SchedSetAffinity(0, sizeof(ulong), ref mask) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }

            done.SetResult();
            _over.Wait();
        })
        { IsBackground = true };
        thread.Start();
        done.Task.Wait();
        if (failure is not null) throw new InvalidOperationException("inside the namespace", failure);
    }

    /// <summary>Why no live test can run here; null where one can.</summary>
    public static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux()) return "live tests need Linux";
        if (Environment.UserName != "root") return "live tests need root";
        try
        {
            using var host = new LiveHost();
            return File.Exists($"{host.Tracefs}/events/skb/kfree_skb/format") ? null : "this kernel has no skb:kfree_skb tracepoint";
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return e.Message;
        }
    }

    public void Dispose()
    {
        _over.Set();
        _holder.StandardInput.Close();
        _holder.WaitForExit();
        _holder.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(int fd, int kind);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SchedSetAffinity(int pid, nuint size, ref ulong mask);
}
