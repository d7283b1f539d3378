package dev.surprisal;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.surprisal.text.Tokenizer;

/**
 * Imports run one way: cli → train → the model → its parts → device ← each device's own package.
 */
@AnalyzeClasses(packages = "dev.surprisal", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String MODEL = "dev.surprisal";
  private static final String CLI = "dev.surprisal.cli..";
  private static final String TRAIN = "dev.surprisal.train..";
  private static final String NN = "dev.surprisal.nn..";
  private static final String LOSS = "dev.surprisal.loss..";
  private static final String OPTIM = "dev.surprisal.optim..";
  private static final String TEXT = "dev.surprisal.text..";
  private static final String IO = "dev.surprisal.io..";
  private static final String DEVICE = "dev.surprisal.device";
  private static final String CPU = "dev.surprisal.device.cpu..";
  private static final String CUDA = "dev.surprisal.device.cuda..";

  @ArchTest
  static final ArchRule every_class_is_in_a_package_that_has_a_rule_here =
      classes()
          .should()
          .resideInAnyPackage(CLI, TRAIN, MODEL, NN, LOSS, OPTIM, TEXT, IO, DEVICE, CPU, CUDA);

  @ArchTest
  static final ArchRule cli_imports_no_device_by_name =
      onlyImports(CLI, TRAIN, MODEL, NN, LOSS, OPTIM, TEXT, IO, DEVICE);

  @ArchTest
  static final ArchRule train_does_not_import_cli =
      onlyImports(TRAIN, MODEL, NN, LOSS, OPTIM, TEXT, IO, DEVICE);

  @ArchTest
  static final ArchRule the_model_does_not_import_what_trains_it =
      onlyImports(MODEL, NN, LOSS, OPTIM, TEXT, IO, DEVICE);

  @ArchTest static final ArchRule nn_imports_device_alone = onlyImports(NN, DEVICE);
  @ArchTest static final ArchRule loss_imports_nn_and_device = onlyImports(LOSS, NN, DEVICE);
  @ArchTest static final ArchRule optim_imports_nn_and_device = onlyImports(OPTIM, NN, DEVICE);
  @ArchTest static final ArchRule text_imports_nothing_of_ours = onlyImports(TEXT);
  @ArchTest static final ArchRule io_imports_device_alone = onlyImports(IO, DEVICE);
  @ArchTest static final ArchRule device_knows_no_device_by_name = onlyImports(DEVICE);
  @ArchTest static final ArchRule cpu_imports_device_alone = onlyImports(CPU, DEVICE);
  @ArchTest static final ArchRule cuda_imports_device_alone = onlyImports(CUDA, DEVICE);

  @ArchTest
  static final ArchRule only_the_cpu_device_names_openblas =
      noClasses()
          .that()
          .resideOutsideOfPackage(CPU)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.openblas..");

  @ArchTest
  static final ArchRule only_the_cuda_device_names_cuda =
      noClasses()
          .that()
          .resideOutsideOfPackage(CUDA)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.cuda..");

  @ArchTest
  static final ArchRule only_layers_and_devices_know_what_a_recurrent_layer_holds =
      noClasses()
          .that()
          .resideOutsideOfPackages(NN, DEVICE, CPU, CUDA)
          .should()
          .dependOnClassesThat()
          .haveNameMatching("dev\\.surprisal\\.device\\.Recurrent.*");

  @ArchTest
  static final ArchRule only_the_checked_kernels_check_operands =
      classes()
          .that()
          .haveSimpleNameEndingWith("Operands")
          .and()
          .resideInAPackage(DEVICE)
          .should()
          .onlyHaveDependentClassesThat()
          .haveNameMatching(
              "dev\\.surprisal\\.device\\.(Checked\\w+Kernels|CheckedKernels|\\w*Operands)");

  @ArchTest
  static final ArchRule only_a_device_makes_its_checked_kernels =
      noClasses()
          .that()
          .resideOutsideOfPackages(DEVICE, CPU, CUDA)
          .should()
          .dependOnClassesThat()
          .haveSimpleNameStartingWith("Checked");

  @ArchTest
  static final ArchRule only_tokenizers_names_a_kind_of_token =
      noClasses()
          .that(not(simpleName("Tokenizers")).and(not(insideA(Tokenizer.class))))
          .should()
          .dependOnClassesThat(
              assignableTo(Tokenizer.class).and(not(equivalentTo(Tokenizer.class))));

  @ArchTest
  static final ArchRule only_config_json_and_the_registry_read_a_tokenizers_name =
      noClasses()
          .that()
          .resideOutsideOfPackage(TEXT)
          .and()
          .doNotHaveFullyQualifiedName("dev.surprisal.ModelFolder")
          .should()
          .callMethod(Tokenizer.class, "name");

  @ArchTest
  static final ArchRule packages_are_free_of_cycles =
      slices().matching("dev.surprisal.(**)").should().beFreeOfCycles();

  /** Classes of this type, and those nested in them. */
  private static DescribedPredicate<JavaClass> insideA(Class<?> type) {
    return DescribedPredicate.describe(
        "inside a " + type.getSimpleName(),
        javaClass ->
            javaClass.isAssignableTo(type)
                || javaClass.getEnclosingClass().map(insideA(type)::test).orElse(false));
  }

  /** Of our own packages, {@code from} imports itself and {@code to}; what is not ours is free. */
  private static ArchRule onlyImports(String from, String... to) {
    return classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("dev.surprisal.."))
                .or(resideInAPackage(from))
                .or(resideInAnyPackage(to)));
  }
}
