package dev.surprisal.device.cuda.binding;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The rules by which JavaCPP generates the class {@code Surprisal} of this package from
 * native/include/surprisal.h when the library is built. Device memory is passed as addresses, so
 * that a call allocates no object.
 */
@Properties(
    value =
        @Platform(
            value = "linux-x86_64",
            include = "surprisal.h",
            link = "surprisal",
            library = "jnisurprisal"),
    target = "dev.surprisal.device.cuda.binding",
    global = "dev.surprisal.device.cuda.binding.Surprisal")
public class SurprisalPresets implements InfoMapper {
  /** For JavaCPP. */
  public SurprisalPresets() {}

  @Override
  public void map(InfoMap infos) {
    infos.put(new Info("float").valueTypes("float").pointerTypes("@Cast(\"float*\") long"));
    infos.put(new Info("int32_t").valueTypes("int").pointerTypes("@Cast(\"int32_t*\") long"));
    infos.put(new Info("int64_t").valueTypes("long").pointerTypes("@Cast(\"int64_t*\") long"));
    infos.put(new Info("void").valueTypes("void").pointerTypes("@Cast(\"void*\") long"));
    infos.put(new Info("surprisal_fault").pointerTypes("@Cast(\"surprisal_fault*\") long").skip());
  }
}
