// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {accountOf} from "../../../contracts/types/Account.sol";
import {SignedWithdrawal, Withdrawal} from "../../../contracts/types/Withdrawal.sol";
import {Ghosts} from "./Ghosts.sol";

/// @dev Who brings signed withdrawals, in batches: new ones, old ones again, and such as nobody signed.
abstract contract Operators is Ghosts {
    SignedWithdrawal[] private _signed;
    mapping(bytes32 signatureAndFee => bool) private _isTrue;

    function withdrawBatch(uint256 seed) external acting(seed) {
        vm.chainId(chains[HUB].id);
        delete _batch;
        _batchDone = 0;
        SignedWithdrawal[] memory items = new SignedWithdrawal[](1 + _roll(5));
        for (uint256 i = 0; i < items.length; ++i) {
            bool isOld = _signed.length != 0 && _roll(3) == 0;
            items[i] = isOld ? _signed[_roll(_signed.length)] : _sign();
            Withdrawal memory asked = items[i].withdrawal;
            bool isTrue = _isTrue[_id(items[i])] && block.timestamp <= asked.deadline;
            _batch.push(isTrue ? keccak256(abi.encode(asked.owner, asked.nonce)) : bytes32(0));
        }
        vm.prank(_anyTrader());
        uint256 accepted = hub.withdrawBatch(items);
        uint256 before = times["signed"];
        _follow();
        if (_batchDone != items.length) _violated(4, "an item of a batch was neither taken nor skipped");
        if (times["signed"] != before + accepted) _violated(4, "a batch counts other than what it took");
        delete _batch;
    }

    function cancelNonce(uint256 seed) external acting(seed) {
        (address owner, uint256 nonce) = (_anyTrader(), _roll(48));
        bool wasUsed = hub.isNonceUsed(owner, nonce);
        bool isDone;
        vm.prank(owner);
        try hub.cancelNonce(nonce) {
            isDone = true;
            ++_takenNonces[keccak256(abi.encode(owner, nonce))];
        } catch {}
        _expect(isDone, !wasUsed, wasUsed, "cancel");
    }

    function _sign() private returns (SignedWithdrawal memory item) {
        Withdrawal memory asked = item.withdrawal;
        asked.owner = _anyTrader();
        asked.dstEid = chains[_anyVault()].eid;
        asked.asset = _anyAsset();
        asked.amount = uint128(MINIMUM + _roll(_roll(4) == 0 ? 2e6 : 2e5));
        asked.recipient = _anyTrader();
        asked.maxFee = uint128(_roll(50));
        asked.nonce = _roll(48);
        asked.deadline = block.timestamp + _roll(3 days);
        item.fee = uint128(_roll(asked.maxFee + 1));
        uint256 flaw = _roll(8);
        uint256 signer = flaw == 0 ? _key(_roll(TRADERS)) : _keyOf(asked.owner);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, hub.withdrawalDigest(asked));
        item.signature = abi.encodePacked(r, s, v);
        bool isSigned = signer == _keyOf(asked.owner);
        if (flaw == 1) asked.amount += 1;
        if (flaw == 2) asked.recipient = address(0xbad);
        if (flaw == 3) item.fee = asked.maxFee + 1;
        _isTrue[_id(item)] = isSigned && (flaw == 0 || flaw > 3);
        _signed.push(item);
    }

    function _id(SignedWithdrawal memory item) private pure returns (bytes32) {
        return keccak256(abi.encode(item));
    }
}
