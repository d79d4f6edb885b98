// SPDX-License-Identifier: MIT
// Padding costs and changes nothing: texts are packed, so room for longer ones leaves every bit as it was.
#include <ATen/ATen.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/model/layers/attention.h"
#include "support/tiny_training.h"

using namespace switchyard;

class PaddingTest : public QObject {
    Q_OBJECT

    struct Trained {
        std::vector<double> losses;
        std::vector<std::int64_t> tokens;
        std::vector<at::Tensor> parameters;
    };
    static Trained train(const std::string& max_tokens, const std::string& gate, const QTemporaryDir& folder) {
        const RunConfig config = test::tinyConfig({"model.text.max_tokens=" + max_tokens, "model.moe.gate=" + gate,
                                                   gate == "switch" ? "model.moe.top_k=1" : "model.moe.top_k=2",
                                                   "model.moe.capacity_factor=1.0", "optim.warmup_steps=1"});
        train::Assembly assembly =
            train::assemble(config, test::tinyTokenizer(config, folder.path().toStdString()), {});
        Trained trained;
        for (const train::StepResult& result : test::trainSteps(assembly, 0, 4)) {
            trained.losses.push_back(result.loss);
            trained.tokens.push_back(result.tokens);
        }
        for (const at::Tensor& parameter : assembly.model->parameters())
            trained.parameters.push_back(parameter.detach().clone());
        return trained;
    }

private Q_SLOTS:
    void roomForLongerTextsChangesNoBit_data() {
        QTest::addColumn<QString>("gate");
        for (const char* gate : {"top2", "switch", "topk", "noisy_topk", "expert_choice"})
            QTest::newRow(gate) << QString(gate);
    }

    void roomForLongerTextsChangesNoBit() {
        QFETCH(QString, gate);
        QTemporaryDir folder;
        const Trained narrow = train("40", gate.toStdString(), folder), wide = train("200", gate.toStdString(), folder);
        QCOMPARE(narrow.losses, wide.losses);
        QCOMPARE(narrow.tokens, wide.tokens);
        for (std::size_t i = 0; i < narrow.parameters.size(); ++i)
            QVERIFY(at::equal(narrow.parameters[i], wide.parameters[i]));
        // The control: a limit that cuts texts does change them.
        QVERIFY(train("4", gate.toStdString(), folder).losses != narrow.losses);
    }
};

QTEST_GUILESS_MAIN(PaddingTest)
#include "padding_test.moc"
