using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using Xunit;

namespace DropForensics.Tests.Core.Attribution;

/// <summary>Paths as systemd, container engines and Kubernetes make them: the forms are those of their documentation, the ids are invented.</summary>
public sealed class OwnerAttributorTests
{
    private const string Id = "3f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a90123f4e5d6c7b8a9012";
    private const string Uid = "4b1d8a52-0c1e-4f7a-9d55-2f6f0d9f7a11", Slice = "4b1d8a52_0c1e_4f7a_9d55_2f6f0d9f7a11";

    [Theory]
    [InlineData("/system.slice/nginx.service", "nginx.service", "nginx.service", null, null)]
    [InlineData("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", "getty@tty1.service", null, null)]
    [InlineData("/user.slice/user-1000.slice/session-3.scope", "session-3.scope", "session-3.scope", null, null)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/sync.service", "sync.service", "sync.service", null, null)]
    [InlineData("/init.scope", "init.scope", "init.scope", null, null)]
    [InlineData("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator", "machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope", null, null)]
    [InlineData($"/system.slice/docker-{Id}.scope", "docker://3f4e5d6c7b8a", null, $"docker://{Id}", null)]
    [InlineData($"/docker/{Id}", "docker://3f4e5d6c7b8a", null, $"docker://{Id}", null)]
    [InlineData($"/docker/{Id}/init.scope", "init.scope in docker://3f4e5d6c7b8a", "init.scope", $"docker://{Id}", null)]
    [InlineData($"/system.slice/docker-{Id}.scope/system.slice/web.service", "web.service in docker://3f4e5d6c7b8a", "web.service", $"docker://{Id}", null)]
    [InlineData($"/machine.slice/libpod-{Id}.scope/container", "podman://3f4e5d6c7b8a", null, $"podman://{Id}", null)]
    [InlineData($"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{Id}.scope", "podman://3f4e5d6c7b8a", null, $"podman://{Id}", null)]
    [InlineData($"/libpod_parent/libpod-{Id}", "podman://3f4e5d6c7b8a", null, $"podman://{Id}", null)]
    [InlineData($"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Slice}.slice/cri-containerd-{Id}.scope",
        "containerd://3f4e5d6c7b8a, pod 4b1d8a52", null, $"containerd://{Id}", Uid)]
    [InlineData($"/kubepods.slice/kubepods-pod{Slice}.slice/crio-{Id}.scope/container", "cri-o://3f4e5d6c7b8a, pod 4b1d8a52", null, $"cri-o://{Id}", Uid)]
    [InlineData($"/kubepods/besteffort/pod{Uid}/{Id}", "3f4e5d6c7b8a, pod 4b1d8a52", null, Id, Uid)]
    [InlineData($"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod{Slice}.slice", "pod 4b1d8a52", null, null, Uid)]
    [InlineData("/kubepods/pod0123456789abcdef0123456789abcdef", "pod 01234567", null, null, "0123456789abcdef0123456789abcdef")]
    [InlineData("/lxc.payload.web1/system.slice/ssh.service", "ssh.service in lxc://web1", "ssh.service", "lxc://web1", null)]
    [InlineData("/lxc/web1", "lxc://web1", null, "lxc://web1", null)]
    [InlineData("/system.slice", "/system.slice", null, null, null)]
    [InlineData("/kubepods/podcast", "/kubepods/podcast", null, null, null)]
    [InlineData("/docker/registry", "/docker/registry", null, null, null)]
    [InlineData("/", "/", null, null, null)]
    [InlineData(null, "cgroup 4711", null, null, null)]
    public void A_path_names_unit_container_and_pod(string? path, string name, string? unit, string? container, string? pod) =>
        Assert.Equal(new CgroupOwner(path, name, unit, container, pod), OwnerAttributor.Of(4711, path));
}
