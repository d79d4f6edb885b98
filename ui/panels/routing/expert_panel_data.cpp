// SPDX-License-Identifier: GPL-3.0-or-later
// The expert's card over the evaluation data.
#include <QLabel>
#include <algorithm>

#include "core/base/util/error.h"
#include "ui/models/background.h"
#include "ui/models/load_history.h"
#include "ui/models/run_words.h"
#include "ui/models/sample_picture.h"
#include "ui/panels/routing/bar_rows.h"
#include "ui/panels/routing/expert_panel.h"
#include "ui/panels/routing/patch_tiles.h"
#include "ui/services/survey_run.h"
#include "ui/widgets/segmented_control.h"

namespace switchyard::ui {
namespace {

constexpr int kTokens = 10, kOthers = 4;

/// A patch to be cut out of its picture.
struct Cut {
    RouteQuery query;
    int patch = 0;
    float weight = 0;
};

QList<PatchTile> cutTiles(const QList<Cut>& cuts, const QString& model) {
    QList<PatchTile> tiles;
    const std::optional<RunConfig> config = configOfModel(model);
    if (!config) return tiles;
    const int grid = static_cast<int>(config->model.vision.image_size / config->model.vision.patch_size);
    QHash<QString, QImage> pictures;
    for (const Cut& cut : cuts) {
        auto at = pictures.constFind(cut.query.image);
        if (at == pictures.constEnd()) {
            QImage picture;
            try {
                picture = samplePicture(cut.query.image, *config);
            } catch (const Error&) {
                // It was there when the sample was traced; its tile stays empty.
            }
            at = pictures.insert(cut.query.image, picture);
        }
        const int side = at->width() / std::max(1, grid), x = cut.patch % grid, y = cut.patch / grid;
        tiles.append(
            {at->copy(x * side, y * side, side, side),
             ExpertPanel::tr("weight %1, row %2, column %3%4")
                 .arg(number(static_cast<double>(cut.weight), 3))
                 .arg(y + 1)
                 .arg(x + 1)
                 .arg(cut.query.text.isEmpty() ? QString() : QStringLiteral(": ") + cut.query.text.left(200))});
    }
    return tiles;
}

}  // namespace

void ExpertPanel::showData() {
    const RouteSurvey* survey = survey_.survey();
    const int expert = focus_.expert(), experts = focus_.layer()->experts;
    const bool lift = order_->current() == 1;
    counted_ = survey == nullptr ? ExpertSurvey()
                                 : survey->of(focus_.layerName(), expert,
                                              lift ? SurveyOrder::kLift : SurveyOrder::kCount, kTokens, kOthers);
    showShares(counted_.texts, counted_.images, counted_.ratio);
    if (survey == nullptr) {
        caption_->setText(layerLabel(focus_.layerName(), false));
        text_share_->setText(tr("Not counted yet"));
    }
    const bool any = counted_.texts + counted_.images > 0;
    here_->setText(
        any ? tr("Chosen for: tokens %1, patches %2. Their routing: %3 bits of entropy")
                  .arg(number(counted_.texts, 0), number(counted_.images, 0), number(counted_.entropy_bits, 2))
            : QString());
    QList<BarRow> tokens;
    double most = 0;
    for (const SurveyToken& token : counted_.tokens) most = std::max(most, lift ? token.lift : token.count);
    for (const SurveyToken& token : counted_.tokens)
        tokens.append({token.piece, -1, (lift ? token.lift : token.count) / most, number(token.count, 0),
                       number(token.lift, 1) + QStringLiteral(" ×"), expert});
    tokens_->setRows(tokens, experts);
    tokens_note_->setText(tokens.isEmpty() ? tr("none") : tr("count, lift"));
    showOthers(together_, counted_.together, false);
    together_title_->setText(counted_.together.isEmpty() ? tr("Chosen together with: none")
                                                         : tr("Chosen together with"));
    showOthers(nearest_, counted_.nearest, true);
    nearest_title_->setText(counted_.nearest.isEmpty() ? tr("Nearest experts: none") : tr("Nearest experts"));
    patches_note_->setText(counted_.patches.isEmpty() ? tr("none")
                                                      : tr("of %1 in %2 samples")
                                                            .arg(number(static_cast<double>(counted_.patches_seen), 0),
                                                                 number(counted_.samples, 0)));
    showDataPatches();
}

/// Pictures are read in the background, one expert's at a time; what is shown meanwhile changes again when they are
/// there.
void ExpertPanel::showDataPatches() {
    QString wanted = survey_.model();
    QList<Cut> cuts;
    for (const SurveyPatch& patch : counted_.patches) {
        cuts.append({survey_.query(patch.sample), patch.patch, patch.weight});
        wanted += QStringLiteral(" %1:%2").arg(patch.sample).arg(patch.patch);
    }
    if (cuts.isEmpty()) patches_->setTiles({});
    if (cutting_ || wanted == cut_) return;
    cut_ = wanted;
    if (cuts.isEmpty()) return;
    cutting_ = true;
    inBackground(
        this, [cuts, model = survey_.model()] { return cutTiles(cuts, model); },
        [this](const QList<PatchTile>& tiles) {
            cutting_ = false;
            if (!ofData()) {
                cut_.clear();
                return;
            }
            patches_->setTiles(tiles);
            showDataPatches();
        });
}

QString ExpertPanel::dataTable() const {
    QStringList lines = {tr("Expert\tLayer\tText\tImage\tLoad over fair share\tEntropy, bits\tSamples"),
                         QStringLiteral("%1\t%2\t%3\t%4\t%5\t%6\t%7")
                             .arg(expertName(focus_.expert()), focus_.layerName())
                             .arg(counted_.texts)
                             .arg(counted_.images)
                             .arg(counted_.ratio)
                             .arg(counted_.entropy_bits)
                             .arg(counted_.samples),
                         {},
                         tr("Token\tCount\tLift\tWeight")};
    for (const SurveyToken& token : counted_.tokens)
        lines << QStringLiteral("%1\t%2\t%3\t%4").arg(token.piece).arg(token.count).arg(token.lift).arg(token.weight);
    lines << QString() << tr("Chosen together with\tShare");
    for (const ChosenWith& other : counted_.together)
        lines << QStringLiteral("%1\t%2").arg(expertName(other.expert)).arg(other.share);
    lines << QString() << tr("Nearest\tCosine of co-activation");
    for (const ChosenWith& other : counted_.nearest)
        lines << QStringLiteral("%1\t%2").arg(expertName(other.expert)).arg(other.share);
    return lines.join(u'\n') + u'\n';
}

}  // namespace switchyard::ui
