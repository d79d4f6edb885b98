// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's samples: where each stands, what is being written, what the person keeps and removes.
#include <algorithm>

#include "ui/panels/routing/probe_samples.h"
#include "ui/panels/routing/sample_panel.h"
#include "ui/panels/routing_page.h"
#include "ui/panels/shared/checkpoint_combo.h"
#include "ui/services/route_tracer.h"
#include "ui/widgets/message_banner.h"

namespace switchyard::ui {

const RouteQuery* RoutingPage::queryOf(int key) const {
    if (key == kDraft) return panel_ == nullptr ? nullptr : &panel_->draft();
    for (const SampleListModel* list : {data_, &probe_->list(), own_})
        if (const int row = list->rowOf(key); row >= 0) return &list->entries()[row].query;
    return nullptr;
}

/// The list that a sample stands in; nullptr for what is being written.
SampleListModel* RoutingPage::listOf(int key) const {
    for (SampleListModel* list : {data_, &probe_->list(), own_})
        if (list->rowOf(key) >= 0) return list;
    return nullptr;
}

RoutedSamplePtr RoutingPage::routesOf(int key) const {
    if (key == kDraft) return draft_routes_;
    for (const SampleListModel* list : {data_, own_})
        if (const int row = list->rowOf(key); row >= 0) return list->entries()[row].routes;
    return {};
}

QList<RoutedSamplePtr> RoutingPage::allRoutes() const {
    if (ProbeSamples::owns(current_)) return probe_->shown();
    QList<RoutedSamplePtr> all = data_->routes() + own_->routes();
    if (draft_routes_ != nullptr) all.append(draft_routes_);
    return all;
}

void RoutingPage::draftChanged() {
    tracer_->cancel(kDraft);
    if (panel_->draft().isEmpty()) {
        draft_routes_.reset();
        samplesChanged();
        if (current_ != kDraft) return;
        setCurrent(-1);
        return present(State::kNoSample);
    }
    const bool first = current_ != kDraft || draft_routes_ == nullptr;
    draft_routes_.reset();
    if (first) return choose(kDraft);
    banner_->hide();
    tracer_->trace(kDraft, panel_->draft(), true);
}

void RoutingPage::keepDraft() {
    const RouteQuery query = panel_->draft();
    if (query.isEmpty()) return;
    const int key = next_own_key_++;
    own_->append({key, query, draft_routes_, {}});
    tracer_->cancel(kDraft);
    draft_routes_.reset();
    panel_->clearDraft();
    panel_->showList(SamplePanel::kOwn);
    choose(key);
}

void RoutingPage::takeSample(const SampleRequest& request) {
    if (checkpoints_ == nullptr || panel_ == nullptr) return;
    checkpoints_->chooseFolder(request.checkpoint);
    const RouteQuery query{request.text, request.pair, request.image};
    const auto& kept = own_->entries();
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const SampleEntry& of) { return of.query == query; });
    const int key = found == kept.end() ? next_own_key_++ : found->key;
    if (found == kept.end()) own_->append({key, query, {}, {}});
    panel_->showList(SamplePanel::kOwn);
    choose(key);
}

void RoutingPage::removeOwn(int key) {
    const int row = own_->rowOf(key);
    if (row < 0) return;
    tracer_->cancel(key);
    const SampleEntry removed = own_->entries()[row];
    const bool was_current = key == current_;
    if (was_current) setCurrent(-1);
    own_->remove(row);
    samplesChanged();
    banner_->showMessage(MessageBanner::Kind::kOk,
                         tr("Removed “%1”").arg(sampleTitle(removed.query).left(60).toHtmlEscaped()), tr("Undo"),
                         [this, removed] {
                             banner_->hide();
                             own_->append(removed);
                             choose(removed.key);
                             samplesChanged();
                         });
    if (!was_current) return;
    if (const auto& left = own_->entries(); !left.isEmpty())
        choose(left[std::min<qsizetype>(row, left.size() - 1)].key);
    else
        present(State::kNoSample);
}

void RoutingPage::showTop(const RoutedSamplePtr& sample, int patch) {
    if (sample != focus_.sharedSample()) {
        const QList<SampleListModel*> lists = {data_, &probe_->list(), own_};  // by SamplePanel::List
        for (int list = 0; list < lists.size(); ++list) {
            for (const SampleEntry& entry : lists[list]->entries()) {
                if (entry.routes != sample) continue;
                panel_->showList(static_cast<SamplePanel::List>(list));
                choose(entry.key);
                break;
            }
        }
        if (draft_routes_ == sample) choose(kDraft);
    }
    const RoutedLayer* layer = focus_.layer();
    if (layer != nullptr) focus_.setRow(focus_.sample()->rowOfPatch(*layer, patch));
}

/// A sample of the evaluation data: the one in the lists, else it becomes one of the person's.
void RoutingPage::showOfData(const RouteQuery& query, int patch) {
    int key = -1;
    for (SampleListModel* list : {data_, own_})
        for (const SampleEntry& entry : list->entries())
            if (key < 0 && entry.query == query) key = entry.key;
    if (key < 0) {
        key = next_own_key_++;
        own_->append({key, query, {}, {}});
    }
    panel_->showList(data_->rowOf(key) >= 0 ? SamplePanel::kData : SamplePanel::kOwn);
    choose(key);
    const RoutedLayer* layer = focus_.layer();
    if (routesOf(key) != nullptr && routesOf(key) == focus_.sharedSample() && layer != nullptr)
        focus_.setRow(focus_.sample()->rowOfPatch(*layer, patch));
    else
        wanted_patch_ = patch;
}

}  // namespace switchyard::ui
